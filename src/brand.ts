/** Strings that must not be swapped: a brand is given by one parser, and the compiler keeps them apart. */
declare const brand: unique symbol;

export type Branded<T, Name extends string> = T & { readonly [brand]: Name };
