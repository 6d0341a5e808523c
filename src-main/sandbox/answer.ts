/** An answer before it is sent. An empty `body` is how v1 says yes to a write, and v2 to one that has nothing to show. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  /** The media type; `application/json` unless said, `text/html` for a page. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in the place of `body`, for what is not text. */
  readonly bytes?: Buffer;
};

/** What a gateway says when the carrier behind it fails. */
export const brokenPage = (status: number): Answer => ({
  status,
  body: `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>nginx</center></body></html>`,
});
