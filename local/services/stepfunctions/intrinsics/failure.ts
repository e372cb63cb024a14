/** A function that can't do what it was asked, with the reason. */
export class IntrinsicFailure extends Error {}
