/** The smallest handler: what these tests look at is the template around it. */
export const handler = async () => undefined;
