// runtime-loaders/wasi: calls whose answer is there at once on `shared`, and later on `suspending`.

/** `then` in place, where the answer is there already. */
export function after<T, R>(answer: T | Promise<T>, then: (answer: T) => R | Promise<R>): R | Promise<R> {
  return answer instanceof Promise ? answer.then(then) : then(answer);
}
