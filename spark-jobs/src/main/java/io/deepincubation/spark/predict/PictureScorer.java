package io.deepincubation.spark.predict;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** A scorer of images of sizes of their own, which go through the network one by one. */
interface PictureScorer extends Scorer {

  /**
   * What is added to one row.
   *
   * @return empty where the row is left out
   */
  Optional<@Nullable Object[]> added(Row row, Source source, LoadedModels.Lease model);

  @Override
  default int rowsAtOnce(Inference.Terms terms) {
    return 1;
  }

  @Override
  default List<Optional<@Nullable Object[]>> added(
      List<Row> rows, Source source, LoadedModels.Lease model) {
    return rows.stream().map(row -> added(row, source, model)).toList();
  }
}
