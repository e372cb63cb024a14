import type {
  DeleteDashboardsInput,
  GetDashboardInput,
  GetDashboardOutput,
  ListDashboardsInput,
  ListDashboardsOutput,
  PutDashboardInput,
  PutDashboardOutput,
} from '@aws-sdk/client-cloudwatch';
import { ACCOUNT, AwsError } from '../../../kernel/index.ts';
import { validation } from '../errors.ts';
import type { Operations } from './operation.ts';

interface Dashboard {
  readonly body: string;
  readonly modifiedAt: number;
}

/** Dashboards: kept, and given back. */
export function dashboardOperations(now: () => number): Operations {
  const dashboards = new Map<string, Dashboard>();
  const arnOf = (name: string): string => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`;
  const notFound = (name: string): AwsError =>
    new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, { status: 404, queryCode: 'ResourceNotFound' });
  return {
    PutDashboard(input: PutDashboardInput): PutDashboardOutput {
      const name = input.DashboardName ?? '';
      if (!/^[\w-]{1,255}$/.test(name)) throw validation('The parameter DashboardName must be 1 to 255 of A-Z, a-z, 0-9, "-", "_".');
      dashboards.set(name, { body: input.DashboardBody ?? '', modifiedAt: now() });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard(input: GetDashboardInput): GetDashboardOutput {
      const name = input.DashboardName ?? '';
      const dashboard = dashboards.get(name);
      if (!dashboard) throw notFound(name);
      return { DashboardArn: arnOf(name), DashboardName: name, DashboardBody: dashboard.body };
    },
    ListDashboards(input: ListDashboardsInput): ListDashboardsOutput {
      const named = [...dashboards].filter(([name]) => name.startsWith(input.DashboardNamePrefix ?? ''));
      return {
        DashboardEntries: named.map(([name, { body, modifiedAt }]) => ({
          DashboardName: name,
          DashboardArn: arnOf(name),
          LastModified: new Date(modifiedAt),
          Size: Buffer.byteLength(body),
        })),
      };
    },
    DeleteDashboards(input: DeleteDashboardsInput) {
      const missing = (input.DashboardNames ?? []).find((name) => !dashboards.has(name));
      if (missing !== undefined) throw notFound(missing);
      for (const name of input.DashboardNames ?? []) dashboards.delete(name);
      return {};
    },
  };
}
