import { type HttpPort, type HttpRequest, type HttpResponse, SandboxError } from '../sandbox/index.ts';

/** Who answers the requests of functions. May be set after the functions are made. */
export interface HttpPorts {
  /** For AWS hosts. */
  aws: HttpPort | undefined;
  /** For all others. */
  outside: HttpPort | undefined;
}

/** Gives a request to whoever answers it. @throws SandboxError when nobody does */
export function sendRequest(
  ports: HttpPorts,
  request: HttpRequest,
  environment: Readonly<Record<string, string>>,
): Promise<HttpResponse> | HttpResponse {
  const toAws = isAwsHost(request, environment);
  const port = toAws ? ports.aws : ports.outside;
  if (port) return port(request);
  throw new SandboxError(
    request.functionName,
    `sent ${request.method} ${request.url}`,
    toAws
      ? 'Requests to AWS need the wire endpoint of the local cloud: leave the AWS SDK out of the bundle, or connect the endpoint (`answerAws`).'
      : 'Give the cloud an answer for requests to the outside (`answerOutside`).',
  );
}

function isAwsHost(request: HttpRequest, environment: Readonly<Record<string, string>>): boolean {
  const { hostname } = new URL(request.url);
  if (/(^|\.)(amazonaws\.com|lambda-url\.[^.]+\.on\.aws)$/.test(hostname)) return true;
  return Object.entries(environment).some(
    ([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && URL.canParse(value) && new URL(value).host === request.host,
  );
}
