import type { Clocks, ScenarioCase } from '../scenario/scenario.js';
import {
  codesFolder,
  epochText,
  home,
  hookOf,
  type Layout,
  layouts,
  type Place,
  pathRow,
  property,
  propertyLink,
  resource,
} from './registry-rows.js';
import type { PlacedRow } from './row-factories.js';
import { type Span, spanMicroseconds } from './span.js';

/** The moment a span ago, as `expireTime` has it. */
export const ago = ({ utcNow }: Clocks, span: Span): string => epochText(utcNow - spanMicroseconds(span));

/** An `expireTime` of 2020. */
export const longAgo = '1577836800000';
/** An `expireTime` that is to come. */
export const inTime = (m: Clocks): string => ago(m, { minutes: -10 });

/** The folder of codes as path 1, with its own collection in version 1. */
export const folder: readonly PlacedRow[] = [pathRow(1, codesFolder), resource(1, { path: 1 })];

/**
 * A code, in the folder unless told otherwise, with its time (properties and links `<version>1`) and its user
 * (`<version>2`).
 */
export function code(
  layout: Layout,
  version: number,
  expireTime: string | null,
  { path = 1, name = `code-${version}`, tenant = home }: Partial<Place> = {},
  expireName = 'expireTime',
): readonly PlacedRow[] {
  const place = { path, name, tenant };
  const hook = hookOf(layout, version, place);
  // Links count on through all tenants.
  const id = version * 10 + (tenant === home ? 0 : 10_000);
  return [
    resource(version, place),
    property(version * 10 + 1, expireName, expireTime, tenant),
    property(version * 10 + 2, 'userId', 'someone', tenant),
    propertyLink(id + 1, version * 10 + 1, hook),
    propertyLink(id + 2, version * 10 + 2, hook),
  ];
}

/** What is left when these codes of a tenant are, besides the folder itself. */
export const codesLeft = (versions: readonly number[], tenant = home, folders: readonly string[] = [`1/${home}`]) => {
  const linkBase = tenant === home ? 0 : 10_000;
  const both = versions.flatMap((version) => [version * 10 + 1, version * 10 + 2]);
  return {
    REG_RESOURCE: [...folders, ...versions.map((version) => `${version}/${tenant}`)],
    REG_RESOURCE_PROPERTY: both.map((id) => String(linkBase + id)),
    REG_PROPERTY: both.map((id) => `${id}/${tenant}`),
  };
};

/** A case for each way in which properties are tied to a code. */
export const perLayout = (
  name: string,
  build: (layout: Layout) => Omit<ScenarioCase, 'name'>,
): readonly ScenarioCase[] => layouts.map((layout) => ({ name: `${name}, tied by ${layout}`, ...build(layout) }));
