/**
 * Settings of every AWS client of the runtime. The SDK waits for an answer without limit by default; a function that is killed while it waits
 * cannot say what it was doing.
 */
export const CLIENT_CONFIG = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 },
};
