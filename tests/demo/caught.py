"""What finds the sins of the demo, and says so in which words."""

# Sin → a check that must find it, and words of its finding.
CAUGHT = {
    "majority-target": ("problem.threshold-trivial", "reached by always answering"),
    "moved-target": ("problem.target-moved", "made easier"),
    "copied-section": ("research.copied-section", "sections hold the same text"),
    "unknown-licence": ("collection.provenance-missing", "has no licence"),
    "leak": ("preparation.split-leakage", "test pictures are in train too"),
    "batch-not-learned": ("model.cannot-overfit-batch", "ends at loss"),
    "picked-on-test": ("training.test-touched", "monitored on test_acc"),
    "edited-metric": ("evaluation.number-not-reproducible", "recomputed from"),
    "dropped-mistakes": ("evaluation.wrong-split", "test files have no prediction"),
    "borrowed-evaluation": ("evaluation.another-checkpoint", "its predictions are those of"),
    "best-of-seeds": ("tuning.scored-on-test", "trials were scored on test"),
    "permuted-labels": ("conversion.labels-differ", "in the export"),
    "calibrated-on-test": ("conversion.calibration-from-test", "pictures of test"),
    "never-red": ("deployment.redeploy-ungated", "can never fail"),
    "feedback-into-train": ("deployment.queue-into-data", "data/processed/train"),
    "secret-committed": ("project.secret-committed", "AWS key"),
    "copied-signoff": ("project.signoff-unsound", "no evidence of this stage"),
}
