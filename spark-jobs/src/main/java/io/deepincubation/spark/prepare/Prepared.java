package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.DataIndex;
import java.util.List;

/**
 * What a preparation made.
 *
 * @param index of the set
 * @param outcome what became of an earlier set in the folder
 * @param rejected images that are in {@code rejected/} instead
 * @param leftOut files that were not looked into
 * @param remarks what looks odd, in sentences
 */
public record Prepared(
    DataIndex index, Outcome outcome, long rejected, LeftOut leftOut, List<String> remarks) {

  /** What became of an earlier set in the folder. */
  public enum Outcome {
    /** There was none. */
    NEW,
    /** It was this very set. */
    SAME,
    /** It was another one, which is gone. */
    REPLACED
  }

  /** Copies. */
  public Prepared {
    remarks = List.copyOf(remarks);
  }
}
