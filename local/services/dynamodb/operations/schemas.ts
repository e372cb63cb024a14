import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  Projection,
} from '@aws-sdk/client-dynamodb';
import { invalidParameter, validation } from '../errors.ts';
import { type IndexKind, type IndexSchema, type KeyAttribute, type KeySchema, keyAttributes, type TableSchema } from '../storage/schema.ts';
import { projectedNames } from '../storage/table.ts';
import type { KeyType } from '../values/attribute-value.ts';
import { Constraints } from './constraints.ts';

const MAX_GLOBAL_INDEXES = 20;
const MAX_LOCAL_INDEXES = 5;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html */
const MAX_KEY_ATTRIBUTES = 4;
const MAX_INCLUDED = 100;
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

type SchemaInput = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'>;

/** The schema that CreateTable asks for. @throws AwsError where it contradicts itself */
export function tableSchema(input: SchemaInput): TableSchema {
  checkModel(input);
  const types = attributeTypes(input.AttributeDefinitions ?? []);
  const keys = keySchema(input.KeySchema ?? [], types, 1);
  const indexes = new Map<string, IndexSchema>();
  const locals = input.LocalSecondaryIndexes;
  const globals = input.GlobalSecondaryIndexes;
  if (locals && keys.ranges.length === 0) {
    throw invalidParameter('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex');
  }
  requireSome(locals, 'LocalSecondaryIndexes');
  requireSome(globals, 'GlobalSecondaryIndexes');
  for (const index of locals ?? []) addIndex(indexes, localIndex(index, keys, types));
  if ((locals?.length ?? 0) > MAX_LOCAL_INDEXES) {
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`);
  }
  for (const index of globals ?? []) addIndex(indexes, globalIndex(index, keys, types));
  if ((globals?.length ?? 0) > MAX_GLOBAL_INDEXES) {
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`);
  }
  requireAllDefinitionsUsed(input.AttributeDefinitions ?? [], { keys, indexes });
  return { keys, indexes };
}

function checkModel({ KeySchema, AttributeDefinitions }: SchemaInput): void {
  const constraints = new Constraints();
  KeySchema?.forEach(({ KeyType }, at) => {
    constraints.oneOf(KeyType, `keySchema.${at + 1}.member.keyType`, ['HASH', 'RANGE']);
  });
  AttributeDefinitions?.forEach(({ AttributeType }, at) => {
    constraints.oneOf(AttributeType, `attributeDefinitions.${at + 1}.member.attributeType`, ['B', 'N', 'S']);
  });
  if (KeySchema && KeySchema.length > 2) {
    const shown = KeySchema.map((element) => `KeySchemaElement(attributeName=${element.AttributeName}, keyType=${element.KeyType})`);
    constraints.violated(`[${shown.join(', ')}]`, 'keySchema', 'Member must have length less than or equal to 2');
  }
  if (KeySchema && KeySchema.length === 0) {
    constraints.violated('[]', 'keySchema', 'Member must have length greater than or equal to 1');
  }
  constraints.required(KeySchema, 'keySchema').check();
}

function attributeTypes(definitions: readonly AttributeDefinition[]): ReadonlyMap<string, KeyType> {
  const types = new Map<string, KeyType>();
  for (const { AttributeName = '', AttributeType } of definitions) {
    if (types.has(AttributeName)) throw invalidParameter(`Cannot redefine attribute ${AttributeName} with a different type`);
    types.set(AttributeName, AttributeType as KeyType);
  }
  return types;
}

/** @param most how many attributes the key may have of either kind */
function keySchema(elements: readonly KeySchemaElement[], types: ReadonlyMap<string, KeyType>, most: number): KeySchema {
  const [first, second] = elements;
  const hashes = elements.filter(({ KeyType }) => KeyType === 'HASH');
  const ranges = elements.filter(({ KeyType }) => KeyType === 'RANGE');
  const undefinedNames = elements.map(({ AttributeName = '' }) => AttributeName).filter((name) => !types.has(name));
  if (undefinedNames.length > 0) {
    throw invalidParameter(
      'Some index key attributes are not defined in AttributeDefinitions. ' +
        `Keys: [${undefinedNames.join(', ')}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
    );
  }
  if (first?.KeyType !== 'HASH') throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (hashes.length > most || ranges.length > most) {
    if (most > 1) throw validation(`Invalid KeySchema: A key has at most ${most} HASH and ${most} RANGE key attributes`);
    throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (second && new Set(elements.map(({ AttributeName }) => AttributeName)).size < elements.length) {
    throw validation('Invalid KeySchema: Some index key attribute have no definition');
  }
  const attribute = ({ AttributeName = '' }: KeySchemaElement): KeyAttribute => ({
    name: AttributeName,
    type: types.get(AttributeName) ?? 'S',
  });
  return { hashes: hashes.map(attribute), ranges: ranges.map(attribute) };
}

function addIndex(indexes: Map<string, IndexSchema>, index: IndexSchema): void {
  if (indexes.has(index.name)) throw invalidParameter(`Duplicate index name: ${index.name}`);
  indexes.set(index.name, index);
}

function localIndex(input: LocalSecondaryIndex, tableKeys: KeySchema, types: ReadonlyMap<string, KeyType>): IndexSchema {
  const index = indexSchema('local', input, tableKeys, types);
  if (index.keys.ranges.length === 0) {
    throw invalidParameter(`Index KeySchema does not have a range key for index: ${index.name}`);
  }
  const [own, table] = [index.keys.hashes[0]?.name, tableKeys.hashes[0]?.name];
  if (own !== table) {
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.name}. ` +
        `index hash key: ${own}, table hash key: ${table}`,
    );
  }
  return index;
}

export function globalIndex(
  input: Pick<GlobalSecondaryIndex, 'IndexName' | 'KeySchema' | 'Projection'>,
  tableKeys: KeySchema,
  types: ReadonlyMap<string, KeyType>,
): IndexSchema {
  return indexSchema('global', input, tableKeys, types);
}

function indexSchema(
  kind: IndexKind,
  { IndexName: name = '', KeySchema = [], Projection }: Pick<GlobalSecondaryIndex, 'IndexName' | 'KeySchema' | 'Projection'>,
  tableKeys: KeySchema,
  types: ReadonlyMap<string, KeyType>,
): IndexSchema {
  if (!NAME.test(name)) {
    new Constraints()
      .violated(
        name,
        `${kind}SecondaryIndexes.1.member.indexName`,
        name.length < 3
          ? 'Member must have length greater than or equal to 3'
          : 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
      )
      .check();
  }
  const keys = keySchema(KeySchema, types, kind === 'global' ? MAX_KEY_ATTRIBUTES : 1);
  const projection = projectionOf(Projection);
  return { name, kind, keys, projection, projected: projectedNames(tableKeys, keys, projection) };
}

function projectionOf(projection: Projection | undefined): IndexSchema['projection'] {
  const type = projection?.ProjectionType;
  if (type === undefined) throw invalidParameter('Unknown ProjectionType: null');
  if (type !== 'ALL' && type !== 'KEYS_ONLY' && type !== 'INCLUDE') {
    new Constraints().violated(type, 'projection.projectionType', 'Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]').check();
    throw invalidParameter(`Unknown ProjectionType: ${type}`);
  }
  const include = projection?.NonKeyAttributes;
  if (type === 'INCLUDE' && !include) throw invalidParameter('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  if (type !== 'INCLUDE' && include) throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  if (include && include.length > MAX_INCLUDED) {
    throw invalidParameter(`The number of NonKeyAttributes exceeds the limit of ${MAX_INCLUDED}`);
  }
  return { type, include: [...(include ?? [])] };
}

function requireSome(indexes: readonly object[] | undefined, member: string): void {
  if (indexes && indexes.length === 0) throw invalidParameter(`List of ${member} is empty`);
}

/** An attribute that is in no key may not be defined: DynamoDB takes it for a mistake. */
function requireAllDefinitionsUsed(definitions: readonly AttributeDefinition[], schema: TableSchema): void {
  const used = new Set(
    [schema.keys, ...[...schema.indexes.values()].map(({ keys }) => keys)].flatMap((keys) => keyAttributes(keys).map(({ name }) => name)),
  );
  if (definitions.some(({ AttributeName = '' }) => !used.has(AttributeName))) {
    throw invalidParameter('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions');
  }
}

/** Key attributes that the schema defines, by name. */
export function definedTypes({ keys, indexes }: TableSchema): Map<string, KeyType> {
  const all = [keys, ...[...indexes.values()].map((index) => index.keys)];
  return new Map(all.flatMap((one) => keyAttributes(one).map(({ name, type }) => [name, type] as const)));
}
