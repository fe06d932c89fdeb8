package io.deepincubation.spark.predict;

import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.inference.Detector;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The objects on images.
 *
 * @param columns that they become
 */
public record ObjectScorer(SceneColumns columns) implements PictureScorer {

  @Override
  public Optional<@Nullable Object[]> added(Row row, Source source, LoadedModels.Lease model) {
    Detector detector = model.as(Detector.class);
    Read<List<DetectedObject>> found =
        Read.of(() -> detector.objects(source.column().picture(row, source.storages())));
    return found.value() == null
        ? columns.missing(found.reason())
        : Optional.of(columns.values(ObjectRows.of(found.value(), model.folder().classNames())));
  }
}
