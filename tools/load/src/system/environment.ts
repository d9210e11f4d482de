/** Environment variables of the processes. Imports no code, so that a service's process has the memory of the service alone. */

/** The tables of the system, as JSON; unset with SQLite. */
export const TABLES = 'LOAD_TABLES';
/** The bundled services by name, as JSON; unset if the processes run from sources. */
export const BUNDLES = 'LOAD_BUNDLES';

/** A bundled service: its script, and its environment, in which `$NAME` stands for a variable that its process gets. */
export interface ServiceBundle {
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
}
