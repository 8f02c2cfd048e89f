// The modules of sucrase that compile. Its index also pulls in a source-map writer and CommonJS packages.
declare module 'sucrase/dist/esm/parser/index.js' {
  export interface Token {
    readonly start: number;
    readonly end: number;
    readonly type: number;
    readonly isType: boolean;
    readonly contextualKeyword: number;
  }
  export function parse(
    code: string,
    jsx: boolean,
    typescript: boolean,
    flow: boolean,
  ): { readonly tokens: readonly Token[]; readonly scopes: readonly unknown[] };
}
declare module 'sucrase/dist/esm/NameManager.js' {
  export default class NameManager {
    constructor(code: string, tokens: readonly unknown[]);
  }
}
declare module 'sucrase/dist/esm/HelperManager.js' {
  export class HelperManager {
    constructor(nameManager: unknown);
  }
}
declare module 'sucrase/dist/esm/TokenProcessor.js' {
  export default class TokenProcessor {
    constructor(
      code: string,
      tokens: readonly unknown[],
      flow: boolean,
      disableESTransforms: boolean,
      helperManager: unknown,
    );
  }
}
declare module 'sucrase/dist/esm/identifyShadowedGlobals.js' {
  export default function identifyShadowedGlobals(
    tokenProcessor: unknown,
    scopes: readonly unknown[],
    names: unknown,
  ): void;
}
declare module 'sucrase/dist/esm/util/getTSImportedNames.js' {
  export default function getTSImportedNames(tokenProcessor: unknown): unknown;
}
declare module 'sucrase/dist/esm/transformers/RootTransformer.js' {
  export default class RootTransformer {
    constructor(context: unknown, transforms: readonly string[], babel5Interop: boolean, options: object);
    /** `mappings[i]`: where token i begins in `code`; undefined for a token that was dropped. */
    transform(): { readonly code: string; readonly mappings: readonly (number | undefined)[] };
  }
}
