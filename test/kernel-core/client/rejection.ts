import { expect } from 'chai';
import { KernelError } from 'wasm-elements/kernel';

/** The error a promise rejects with; fails where it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<KernelError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(KernelError);
  return outcome as KernelError;
}
