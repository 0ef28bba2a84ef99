import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '../..');
const monitoring = join(root, 'k8s/components/monitoring');
const runbooks = join(root, 'docs/runbooks');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: Readonly<Record<string, string>>;
}
interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string }[];
}

const alerts = (parse(readFileSync(join(monitoring, 'alerts.yaml'), 'utf8')) as Rules).spec.groups.flatMap(
  ({ rules }) => rules,
);
const { panels } = JSON.parse(readFileSync(join(monitoring, 'store.json'), 'utf8')) as { panels: readonly Panel[] };
const charts = panels.filter(({ type }) => type !== 'row');
const pages = readdirSync(runbooks).filter((name) => name !== 'README.md');
const toKebabCase = (name: string) => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

describe('alerts', () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    'the alert %s has a duration, a severity, a summary, a description and the URL of its runbook',
    (name, { for: duration, labels, annotations }) => {
      expect(duration).toMatch(/^\d+m$/);
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(annotations.summary).toBeTruthy();
      expect(annotations.description).toBeTruthy();
      expect(basename(annotations.runbook_url ?? '')).toBe(toKebabCase(name));
    },
  );

  it('the folder docs/runbooks has one page for each alert, and its README lists them all', () => {
    expect(pages.sort()).toEqual(alerts.map(({ alert }) => `${toKebabCase(alert)}.md`).sort());
    const list = readFileSync(join(runbooks, 'README.md'), 'utf8');
    expect(alerts.filter(({ alert }) => !list.includes(`[${alert}](${toKebabCase(alert)}.md)`))).toEqual([]);
  });

  it.each(pages)(
    'the runbook %s says what customers see, how to diagnose, how to resolve, and when it is resolved',
    (name) => {
      const text = readFileSync(join(runbooks, name), 'utf8');
      expect(alerts.map(({ alert }) => alert)).toContain(/^# (\w+)\n/.exec(text)?.[1]);
      for (const part of ['**Customers see**', '## Diagnose', '## Resolve', '**Resolved** when'])
        expect(text).toContain(part);
    },
  );
});

describe('the dashboard', () => {
  it.each(charts.map((panel) => [panel.title, panel] as const))(
    'the panel %s has a description, a unit and a query',
    (_, panel) => {
      expect(panel.description).toBeTruthy();
      expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
      expect(panel.targets?.length).toBeGreaterThan(0);
    },
  );

  it('the dashboard has no overlapping panels and no duplicate ids or titles', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(charts.map(({ title }) => title)).size).toBe(charts.length);
  });
});
