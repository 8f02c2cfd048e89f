// What `npm run test:unit` leaves out, so that it stays under two minutes: test files that take more than about four
// seconds in Chromium, by their path.
export const slow = [
  /test\/conformance\/shell\//,
  /test\/demos\//,
  /test\/security\//,
  // `program` is there, so that Python is not unseen.
  /runtime-loaders\/python\/(?!program)/,
  /elements\/display\//,
  /elements\/wasm-runnable\.display/,
  /elements\/wasm-runnable\.packages/,
  /elements\/wasm-runnable\.run/,
  /elements\/wasm-runnable\.session/,
  /elements\/wasm-runnable\.traceback/,
  /runtime-loaders\/c\//,
  /client\/lazy-pack/,
  /client\/page-policies/,
  /client\/preview/,
  /client\/snapshot/,
  /file\/pipe-lease/,
  /fs\/rebase/,
  /javascript\/console/,
  /javascript\/crypto/,
  /wasi\/order/,
  /wasi\/processes/,
  /wasi\/reference-files/,
];
