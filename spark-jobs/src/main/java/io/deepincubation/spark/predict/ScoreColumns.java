package io.deepincubation.spark.predict;

import io.deepincubation.core.inference.Classifier.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns that scores of classes become. */
public interface ScoreColumns extends AddedColumns {

  /** What a sample's columns hold. */
  @Nullable Object[] values(Scores scores, List<String> classNames);
}
