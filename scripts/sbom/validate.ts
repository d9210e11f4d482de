/** The library, whose types are there only once its packages are installed. */
const LIBRARY: string = '@cyclonedx/cyclonedx-library';

interface Library {
  readonly Spec: { readonly Version: { readonly v1dot6: string } };
  readonly Validation: {
    readonly JsonStrictValidator: new (version: string) => { validate(text: string): Promise<unknown> };
  };
}

/** What the schema of CycloneDX 1.6 finds wrong with a document; undefined if nothing. Rejects if its packages are not installed. */
export async function schemaErrors(text: string): Promise<string | undefined> {
  const { Spec, Validation } = (await import(LIBRARY)) as Library;
  const errors = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  return errors === null ? undefined : JSON.stringify(errors).slice(0, 2000);
}
