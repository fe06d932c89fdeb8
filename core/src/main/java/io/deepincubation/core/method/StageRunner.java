package io.deepincubation.core.method;

import java.util.List;

/** Where stages are computed: in this process, or on a cluster. */
@FunctionalInterface
public interface StageRunner {

  /**
   * Computes stages; when it returns, all of them are committed in the run folder.
   *
   * @param ready stages whose needs are committed, and that are not committed themselves; they need
   *     nothing of one another
   */
  void run(List<Stage> ready);
}
