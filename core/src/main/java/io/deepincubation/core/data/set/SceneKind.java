package io.deepincubation.core.data.set;

import com.google.gson.annotations.SerializedName;
import java.util.Locale;

/** What is annotated on the images of a set for a dense task. */
public enum SceneKind {
  /** The class of each pixel. */
  @SerializedName("segmentation")
  SEGMENTATION(ShardColumns.MASKED),
  /** Objects: class, box, mask. */
  @SerializedName("detection")
  DETECTION(ShardColumns.WITH_OBJECTS);

  private final ShardColumns columns;

  SceneKind(ShardColumns columns) {
    this.columns = columns;
  }

  ShardColumns columns() {
    return columns;
  }

  /** The task's name, such as {@code segmentation}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
