import type { LoadedResource } from 'millrace/local';

/** An alarm, as a page or a template has it: `critical OutboxAge`. */
export type AlarmName = string;

/** The alarms that a page of a pattern lists in its table. */
export function listedAlarms(text: string): AlarmName[] {
  const [, section = ''] = /^## Alarms\n([\s\S]*?)(?=^## )/m.exec(text) ?? [];
  return [...section.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, severity]) => `${severity} ${name}`);
}

/** The alarms of a stack, by their construct's id and the severity that their text begins with. */
export function alarmsIn(resources: readonly LoadedResource[]): AlarmName[] {
  return resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .map(({ path, properties }) => {
      const [severity] = /(?<=^\[)\w+/.exec(String(properties.AlarmDescription)) ?? ['?'];
      return `${severity} ${path.split('/').at(-2)}`;
    });
}
