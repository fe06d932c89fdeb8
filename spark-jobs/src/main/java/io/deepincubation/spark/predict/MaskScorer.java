package io.deepincubation.spark.predict;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.inference.Segmenter;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The classes of images' pixels.
 *
 * @param columns that they become
 * @param form how they are written
 * @param severalScales whether each image is looked at in several sizes and mirrored
 */
public record MaskScorer(SceneColumns columns, MaskForm form, boolean severalScales)
    implements PictureScorer {

  @Override
  public Optional<@Nullable Object[]> added(Row row, Source source, LoadedModels.Lease model) {
    SceneScales scales = severalScales ? SceneScales.SEVERAL : SceneScales.ONE;
    Segmenter segmenter = model.as(Segmenter.class);
    Read<LabelMap> mask =
        Read.of(() -> segmenter.classes(source.column().picture(row, source.storages()), scales));
    return mask.value() == null
        ? columns.missing(mask.reason())
        : Optional.of(columns.values(form.of(mask.value(), model.folder().classNames())));
  }
}
