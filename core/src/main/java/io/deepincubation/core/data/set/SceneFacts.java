package io.deepincubation.core.data.set;

import com.google.gson.Gson;
import java.util.HashMap;
import java.util.Map;

/**
 * What annotations of some images add up to. It crosses process borders as text.
 *
 * @param classImages images that each class is on, by class
 * @param mostObjects of an image
 * @param dropped objects that were left out, since they have no area in their image
 * @param clipped objects whose boxes went over the edge of their image
 */
public record SceneFacts(
    Map<Integer, Integer> classImages, int mostObjects, long dropped, long clipped) {

  private static final Gson GSON = new Gson();

  /** Of no images. */
  public static final SceneFacts NONE = new SceneFacts(Map.of(), 0, 0, 0);

  /** Copies. */
  public SceneFacts {
    classImages = Map.copyOf(classImages);
  }

  /** These and others. */
  public SceneFacts and(SceneFacts other) {
    var both = new HashMap<>(classImages);
    other.classImages.forEach((each, images) -> both.merge(each, images, Integer::sum));
    return new SceneFacts(
        both,
        Math.max(mostObjects, other.mostObjects),
        dropped + other.dropped,
        clipped + other.clipped);
  }

  String toJson() {
    return GSON.toJson(this);
  }

  static SceneFacts fromJson(String json) {
    return GSON.fromJson(json, SceneFacts.class);
  }
}
