package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.set.SampleTable;
import java.util.Optional;

/** What networks get of samples when they are measured. Safe for use by several threads. */
public interface EvaluationInputs {

  /** The samples. */
  SampleTable table();

  /** Values of one sample's input, or at most where samples are of sizes of their own. */
  int values();

  /**
   * Writes a sample's input.
   *
   * @param row of the sample
   * @param into receives {@link #values} values, or fewer where the sample is of a size of its own
   * @param offset where they start
   * @return its label
   */
  int write(int row, float[] into, int offset);

  /**
   * A sample of a size of its own, with what is annotated on it; nothing where all are of one size.
   *
   * @param row of the sample
   */
  default Optional<EvaluatedScene> scene(int row) {
    return Optional.empty();
  }
}
