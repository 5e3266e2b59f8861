// The run's last line, in the one form that every machine reads: counts of tests, nothing else.
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const broken = results.testResults.filter((file) => file.testExecError && file.numFailingTests === 0).length;
    const failed = results.numFailedTests + broken;
    // After everything that other reporters still have to say.
    process.once('exit', () => process.stderr.write(`\ntests: ${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped\n`));
  }
}
