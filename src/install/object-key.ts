/** Tells a table from a procedure of the same name. */
export const objectKey = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${kind} ${name}`;
