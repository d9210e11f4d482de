/** Stops this process as SIGTERM does once its parent process is gone, even if that was killed, to free ports and files. */
export function endWithParent(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
