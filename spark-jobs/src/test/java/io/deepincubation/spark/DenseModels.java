package io.deepincubation.spark;

import com.google.gson.Gson;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.weights.WeightsFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models of dense tasks with random weights, and images for them. */
public final class DenseModels {

  /** Names of the classes. */
  public static final List<String> CLASSES = List.of("wall", "door", "window");

  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 2));

  private DenseModels() {}

  /** Writes a model that tells the classes of pixels. */
  public static void segmentation(Path folder) {
    var head =
        new SegmentationHead(
            SegmentationHead.Kind.UPERNET, SegmentationHead.Neck.NONE, 8, 0, MapNorm.LAYER, 0);
    write(folder, new SegmentationNetwork(backbone(4), CLASSES.size(), head, 16));
  }

  /** Writes a model that finds objects. */
  public static void detection(Path folder) {
    var head = new DetectionHead(8, 5, 16, 2, 2, new DetectionHead.Sampling(16, 8, 4));
    write(folder, new DetectionNetwork(backbone(8), CLASSES.size(), head, 32));
  }

  private static DenseBackbone backbone(int patch) {
    return DenseBackbone.of(new VisionTransformer(16, patch, 16, 2, 3, 1e-6), DIVISION.depth());
  }

  private static void write(Path folder, Architecture network) {
    var target = new LocalStorage(folder);
    var configuration = new HashMap<>(network.configuration(DIVISION));
    configuration.put("label_names", CLASSES);
    configuration.put(
        "scene",
        Map.of(
            "long_side", 40,
            "short_side", 32,
            "window", 0,
            "stride", 1,
            "mean", Normalization.IMAGENET_MEAN,
            "std", Normalization.IMAGENET_STD));
    configuration.put("detection", RecipeYaml.tree(Recipes.named("quickstart").detection()));
    byte[] text = new Gson().toJson(configuration).getBytes(StandardCharsets.UTF_8);
    WeightsFolder.write(target, network.initialWeights(DIVISION, 3, "test"), Long.MAX_VALUE);
    target.write("config.json", stream -> stream.write(text));
  }

  /** The file of an image of a size of its own. */
  public static byte[] png(int number) {
    int height = 20 + 3 * (number % 7);
    int width = 26 + 5 * (number % 4);
    int[] rgb = RandomStream.of(number).ints((long) height * width, 0, 1 << 24).toArray();
    return ImageFiles.png(Pixels.ofRgb(rgb, height, width));
  }
}
