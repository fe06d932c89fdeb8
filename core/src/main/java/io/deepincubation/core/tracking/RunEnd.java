package io.deepincubation.core.tracking;

import io.deepincubation.core.run.StageResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run came to its end in this process.
 *
 * @param done whether it did what it was asked to
 * @param committed the stages that are committed by now
 * @param report the HTML report; empty where there is none
 * @param model the stage of the trained model, or null where it is not committed
 */
record RunEnd(
    boolean done, List<StageResult> committed, String report, @Nullable StageResult model) {

  /** A run that failed, or was stopped. */
  static final RunEnd FAILED = new RunEnd(false, List.of(), "", null);

  /** Copies. */
  RunEnd {
    committed = List.copyOf(committed);
  }
}
