/** An object that inherits nothing, as graphql-js makes for coerced inputs. */
interface BareObject {
  [name: string]: unknown;
}

/**
 * Makes objects that inherit no member (A57). `Object.create(null)` gives the same in meaning, but the engine keeps such objects as
 * hash tables, which are slower to fill, to read and to write as JSON.
 */
class Bare {}
Object.setPrototypeOf(Bare.prototype, null);
Reflect.deleteProperty(Bare.prototype, 'constructor');

export function bareObject(): BareObject {
  return new Bare() as BareObject;
}
