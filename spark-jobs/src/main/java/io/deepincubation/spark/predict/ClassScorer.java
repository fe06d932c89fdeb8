package io.deepincubation.spark.predict;

import io.deepincubation.core.inference.Classifier;
import io.deepincubation.core.inference.Classifier.Scores;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.training.OutputFault;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Scores of images' or texts' classes.
 *
 * @param columns that they become
 */
public record ClassScorer(ScoreColumns columns) implements Scorer {

  @Override
  public int rowsAtOnce(Inference.Terms terms) {
    return terms.batch();
  }

  @Override
  public List<Optional<@Nullable Object[]>> added(
      List<Row> rows, Source source, LoadedModels.Lease model) {
    ModelFolder folder = model.folder();
    List<Read<float[]>> inputs =
        rows.stream()
            .map(row -> Read.of(() -> source.column().values(row, folder, source.storages())))
            .toList();
    List<float[]> images = inputs.stream().map(Read::value).filter(Objects::nonNull).toList();
    Iterator<Scores> scores = model.as(Classifier.class).scores(images).iterator();
    var added = new ArrayList<Optional<@Nullable Object[]>>();
    for (Read<float[]> input : inputs) {
      added.add(
          input.value() == null
              ? columns.missing(input.reason())
              : answer(scores.next(), folder.classNames()));
    }
    return added;
  }

  private Optional<@Nullable Object[]> answer(Scores scores, List<String> classNames) {
    Optional<String> fault = OutputFault.of(scores.probabilities());
    return fault.isPresent()
        ? columns.missing(fault.get())
        : Optional.of(columns.values(scores, classNames));
  }
}
