package io.deepincubation.core.method;

import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import java.util.Locale;

/** A stage needs another one that is not committed. The message names it and what runs it. */
public final class MissingStageException extends RuntimeException {

  /** States what is missing. */
  public MissingStageException(String message) {
    super(message);
  }

  /**
   * A committed stage's result.
   *
   * @throws MissingStageException if it is not committed
   */
  static StageResult require(RunFolder folder, String stage) {
    return folder
        .result(stage)
        .orElseThrow(
            () ->
                new MissingStageException(
                    String.format(
                        Locale.ROOT,
                        "Cannot find stage %s in %s: run `%s` first",
                        stage,
                        folder.uri(),
                        Stages.verb(stage))));
  }
}
