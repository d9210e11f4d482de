/** Stops this process as SIGTERM does once the one that started it is gone, however that ended: ports and files are free again. */
export function endWithParent(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
