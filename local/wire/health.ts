import { ACCOUNT, type Kernel, REGION, type ServiceName } from '../kernel/index.ts';
import { CATALOGUE } from './catalogue.ts';
import { utf8, type WireResponse } from './message.ts';

/** Which services answer here: `GET /_millrace/health`. */
export function health(kernel: Pick<Kernel, 'service' | 'now'>): WireResponse {
  const names = [...CATALOGUE.map(({ service }) => service), 'apigateway' as const].sort();
  const services = names.filter((name) => isThere(kernel, name));
  const report = { status: 'ok', account: ACCOUNT, region: REGION, time: new Date(kernel.now()).toISOString(), services };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: utf8(`${JSON.stringify(report)}\n`) };
}

/** Whether the kernel has a service of that name. */
export function isThere(kernel: Pick<Kernel, 'service'>, name: ServiceName): boolean {
  try {
    kernel.service(name);
    return true;
  } catch {
    return false;
  }
}
