/** What is wrong with a module as it came: bytes that are not what they should be. */
export class ModuleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModuleError';
  }
}
