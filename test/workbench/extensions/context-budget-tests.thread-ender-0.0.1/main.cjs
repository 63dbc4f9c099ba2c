// Ends the thread of the lab's engine from within, at the first statement of whatever it is asked next: by the debugger's protocol,
// so that the thread that is tested knows nothing of it.
const { Session } = require('node:inspector');
const vscode = require('vscode');

const exitCode = 7;

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('contextBudgetTests.endLabThread', async () => {
      await endInNextRun('labWorker.js');
      await vscode.window.showInformationMessage('The next run of the thread is its last.');
    }),
  );
};

/** Resolves once the thread waits for its end. */
async function endInNextRun(workerFile) {
  const session = new Session();
  session.connect();
  const post = (method, params) =>
    new Promise((resolve, reject) => {
      session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
    });
  let sent = 0;
  /** Not awaited: the answer may never come, from a thread that has ended. */
  const tell = (sessionId, method, params = {}) => {
    const message = JSON.stringify({ id: ++sent, method, params });
    void post('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(() => {});
  };
  const isArmed = new Promise((resolve) => {
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      if (!params.workerInfo.url.endsWith(workerFile)) return;
      tell(params.sessionId, 'Debugger.enable');
      tell(params.sessionId, 'Debugger.pause');
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const { id, method } = JSON.parse(params.message);
      if (id === 2) resolve();
      if (method !== 'Debugger.paused') return;
      tell(params.sessionId, 'Runtime.evaluate', { expression: `process.exit(${exitCode})` });
      tell(params.sessionId, 'Debugger.resume');
    });
    session.on('NodeWorker.detachedFromWorker', () => session.disconnect());
  });
  await post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await isArmed;
}
