package io.deepincubation.core.incubation;

import io.deepincubation.core.network.Weights;
import java.util.List;

/** Where module incubations run: in this process, or on a cluster. */
@FunctionalInterface
public interface ModuleTasks {

  /**
   * Incubates modules; when it returns, all of them are committed in the run folder.
   *
   * @param meta the pre-trained meta model's modules
   * @param moduleIndices the modules that are missing
   */
  void incubate(List<Weights> meta, List<Integer> moduleIndices);
}
