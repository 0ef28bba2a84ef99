const brandsKey: unique symbol = Symbol.for('@badger-store/error-brands');

interface BrandedClass {
  readonly prototype: object;
  readonly [brandsKey]?: readonly string[];
}

/**
 * An error whose `instanceof` works across copies of this package: a program that both imports and requires it has two classes of
 * each error. A subclass calls `brand` in a static block.
 */
export abstract class BrandedError extends Error {
  /** @internal */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const [name] = getBrands(this);
    if (name === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    for (let object = value; typeof object === 'object' && object !== null; object = Object.getPrototypeOf(object)) {
      if (getBrands(object.constructor).includes(name)) return true;
    }
    return false;
  }
}

/** Names a class in all copies of this package, and further classes of which its errors are instances. */
export function brand(errorClass: BrandedClass, name: string, ...furtherNames: string[]): void {
  Object.defineProperty(errorClass, brandsKey, { value: [name, ...furtherNames] });
}

/** A subclass without a brand has none; static properties are inherited. */
const getBrands = (errorClass: BrandedClass | undefined): readonly string[] =>
  (errorClass && Object.hasOwn(errorClass, brandsKey) && errorClass[brandsKey]) || [];
