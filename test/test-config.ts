/** How a program of a conformance suite is started, and what it must answer. */
export interface SuiteProgram {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Guest path, the folder behind it, and what to put there before; relative to the suite. */
  readonly directories: readonly {
    readonly guest: string;
    readonly folder: string;
    readonly folders: readonly string[];
    readonly files: readonly string[];
  }[];
  readonly expected: { readonly code: number; readonly stdout?: string; readonly stderr?: string };
  readonly stdin?: string;
}

/** What a test knows about the lane it runs in and the servers started for it (`test/server/`). */
export interface TestConfig {
  readonly lane: 'chromium' | 'chromium-isolated' | 'firefox' | 'webkit';
  /** For tests that draw lots; they print it when they fail. `WASM_ELEMENTS_SEED=<number>|random`. */
  readonly seed: number;
  /** `WASM_ELEMENTS_LONG=1`: the full number of rounds where the everyday one is smaller. */
  readonly long: boolean;
  /** Origin that serves the repository under `/cors/…` and `/no-cors/…`. */
  readonly otherOrigin: string;
  /** Origin of the network sink: `/hit/<id>`, `/redirect?to=`, `/__sink/hits?id=`. */
  readonly sink: string;
  /** Origin of the bad host: `/flaky/<mode>/<path in dist/>`. */
  readonly flaky: string;
  /** Origin where tests put files to be served: `PUT /<path>` (`test/server/shelf.mjs`). */
  readonly shelf: string;
  /** Suites given to `npm run conformance`, served under `/__suites/<index>/`; otherwise none. */
  readonly suites: readonly { readonly name: string; readonly programs: readonly SuiteProgram[] }[];
}

declare global {
  interface Window {
    __testConfig: TestConfig;
  }
}

export const testConfig: TestConfig = window.__testConfig;
