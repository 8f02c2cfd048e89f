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
}

declare global {
  interface Window {
    __testConfig: TestConfig;
  }
}

export const testConfig: TestConfig = window.__testConfig;
