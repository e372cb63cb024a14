/** What an operation answers: the SDK's output without the metadata of a response, which the transport adds. */
export type Output<SdkOutput> = Omit<SdkOutput, '$metadata'>;
