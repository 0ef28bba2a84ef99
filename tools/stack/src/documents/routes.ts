import { operations, problemTypes, type Operation } from '@badger-store/store-api';
import { z } from 'zod';
import type { ServiceName } from '../services';
import { table } from './markdown';

export const contractRoutes = () =>
  table(
    ['Route', 'Who', 'Served by', 'What it does', 'Responses'],
    operations.map((operation) => [
      toRoute(operation),
      toCaller(operation),
      operation.servedBy,
      operation.summary,
      toResponses(operation),
    ]),
  );

export const serviceRoutes = (service: ServiceName) =>
  table(
    ['Route', 'Who', 'What it does'],
    operations
      .filter(({ servedBy }) => servedBy === service)
      .map((operation) => [toName(operation), toCaller(operation), operation.summary]),
  );

const toName = ({ method, path }: Operation) => `\`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}\``;

function toRoute(operation: Operation): string {
  const query = operation.query && Object.keys(operation.query.shape).map((name) => `${name}=`);
  const name = query ? toName(operation).replace(/`$/, `?${query.join('&')}\``) : toName(operation);
  return operation.body ? `${name} \`${toBody(operation.body)}\`` : name;
}

function toBody(body: z.ZodType): string {
  const schema = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' });
  // A schema with an id is a reference to its definition.
  const { properties = {}, required = [] } = schema.$defs?.[schema.$ref?.replace('#/$defs/', '') ?? ''] ?? schema;
  return `{ ${Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ')} }`;
}

const credentials = { apiKey: '`X-Api-Key`', userToken: 'a userToken', refreshCookie: 'the refresh cookie' };

function toCaller({ bearer, scope, optional = [] }: Operation): string {
  if (bearer) return scope ? `bearer, scope \`${scope}\`` : 'bearer';
  return ['anyone', ...optional.map((name) => credentials[name])].join('; ');
}

function toResponses({ response, problems }: Operation): string {
  const statuses = [...new Set(problems.map((code) => problemTypes[code].status))].sort();
  const rejections = statuses.map((status) => {
    const codes = problems.filter((code) => problemTypes[code].status === status);
    return `${status} ${codes.map((code) => `\`${code}\``).join(', ')}`;
  });
  return [`${response.status} ${response.description}`, ...rejections].join('; ');
}

/** Every problem type, with its members. */
export const problemTable = () =>
  table(
    ['Status', '`code`', 'Meaning', 'Members'],
    Object.entries(problemTypes).map(([code, { status, description, members = {} }]) => [
      String(status),
      `\`${code}\``,
      description,
      Object.keys(members)
        .map((name) => `\`${name}\``)
        .join(', '),
    ]),
  );
