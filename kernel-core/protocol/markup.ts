// protocol: what the page tells a frame that shows a piece of markup, and what it hears from it.

/** How text of the page around it looks; CSS values. */
export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly color: string;
  readonly background: string;
  readonly rule: string;
  readonly fontFamily: string;
  readonly fontSize: string;
}

/** The payload of its frame; one port goes with it. */
export interface MarkupPayload {
  readonly html: string;
  readonly look: Look;
}

/** Page → frame: the page looks otherwise now. */
export interface LookMessage {
  readonly look: Look;
}

/** Frame → page. */
export interface MarkupReport {
  /** Of the content, in CSS pixels. */
  readonly height: number;
  /** It has scripts, which do not run. */
  readonly scripts: boolean;
}
