/**
 * A JSON value as Sluice holds it. An integer literal that a double cannot hold exactly is a bigint, never a rounded number.
 * Objects may have any own key, `__proto__` included: read members with `Object.hasOwn` or by own enumeration only.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [member: string]: JsonValue;
}
