package io.deepincubation.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.Gson;
import com.sun.management.ThreadMXBean;
import io.deepincubation.core.comparison.Studies;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.Safetensors;
import io.deepincubation.core.weights.WeightsFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files of every kind that comes from outside, from a seed: each is read or refused in the
 * documented way, and none takes much memory. More of them with {@code
 * -Ddeepincubation.fuzz=200000}.
 */
class FuzzTest {

  private static final int INPUTS = Integer.getInteger("deepincubation.fuzz", 1500);
  private static final long SEED = Long.getLong("deepincubation.fuzz.seed", 20_261_129);
  private static final long MOST_BYTES = 64L << 20;
  private static final ModularDivision DIVISION = new ModularDivision(List.of(1, 2, 1));

  @TempDir private Path folder;

  /** Reads a damaged input. */
  @FunctionalInterface
  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  @Test
  void safetensors() {
    byte[] sound = safetensors(new VisionTransformer(8, 4, 4, 2, 3, 1e-6));

    int read =
        fuzz(
            sound,
            bytes -> Safetensors.read(new ByteArrayInputStream(bytes)),
            List.of(CorruptFileException.class));

    assertThat(read).as("some damage touches no more than values").isPositive();
  }

  @Test
  void indexesOfWeights() {
    byte[] sound =
        """
        {"metadata": {"total_size": 12, "version": "0.0.4"},
         "weight_map": {"cls_token": "model-00001-of-00002.safetensors",
                        "head.bias": "model-00002-of-00002.safetensors"}}
        """
            .getBytes(StandardCharsets.UTF_8);
    byte[] weights = safetensors(new VisionTransformer(8, 4, 4, 2, 3, 1e-6));

    int read =
        fuzz(
            sound,
            bytes ->
                WeightsFolder.open(
                        new FilesInMemory(
                            Map.of(
                                "model.safetensors.index.json",
                                bytes,
                                "model-00001-of-00002.safetensors",
                                weights,
                                "model-00002-of-00002.safetensors",
                                weights)))
                    .shapes(),
            List.of(StorageException.class));

    assertThat(read).isPositive();
  }

  @Test
  void configurationsOfVisionTransformers() {
    configurations(new VisionTransformer(8, 4, 4, 2, 3, 1e-6));
  }

  @Test
  void configurationsOfResidualNetworks() {
    configurations(new ResidualNetwork(16, 4, 3));
  }

  @Test
  void configurationsOfSegmentation() {
    var head =
        new SegmentationHead(
            SegmentationHead.Kind.UPERNET, SegmentationHead.Neck.NONE, 4, 2, MapNorm.BATCH, 0.1);
    configurations(new SegmentationNetwork(backbone(), 3, head, 8));
  }

  @Test
  void configurationsOfDetection() {
    var head = new DetectionHead(4, 4, 8, 1, 2, new DetectionHead.Sampling(8, 4, 2));
    configurations(new DetectionNetwork(backbone(), 3, head, 16));
  }

  private static DenseBackbone backbone() {
    return DenseBackbone.of(new VisionTransformer(16, 8, 4, 2, 3, 1e-6), DIVISION.depth());
  }

  private static void configurations(Architecture architecture) {
    var configuration = new HashMap<String, Object>(architecture.configuration(DIVISION));
    configuration.put("label_names", List.of("ant", "bee", "wasp"));
    configuration.put(
        "pretrained_cfg",
        Map.of("crop_pct", 0.9, "mean", List.of(0.5, 0.5, 0.5), "std", List.of(0.5, 0.5, 0.5)));
    configuration.put(
        "scene",
        Map.of(
            "long_side",
            16,
            "short_side",
            16,
            "window",
            8,
            "stride",
            4,
            "mean",
            List.of(0.5, 0.5, 0.5),
            "std",
            List.of(0.5, 0.5, 0.5)));
    configuration.put("detection", RecipeYaml.tree(Recipes.named("quickstart").detection()));
    byte[] sound = new Gson().toJson(configuration).getBytes(StandardCharsets.UTF_8);
    byte[] weights = safetensors(architecture);

    int read =
        fuzz(
            sound,
            bytes ->
                ModelFolder.open(
                        new FilesInMemory(
                            Map.of("config.json", bytes, "model.safetensors", weights)))
                    .weights(),
            List.of(UnfitDataException.class));

    assertThat(read).isPositive();
  }

  @Test
  void recipes() {
    Recipe recipe = Recipes.named("quickstart");
    byte[] sound = RecipeYaml.toYaml(recipe).getBytes(StandardCharsets.UTF_8);

    int read =
        fuzz(
            sound,
            bytes -> {
              String yaml = new String(bytes, StandardCharsets.UTF_8);
              Recipe parsed = RecipeYaml.parse(yaml, "fuzz.yaml", List.of());
              assertThat(parsed.targetDivision().moduleCount()).isPositive();
              assertThat(parsed.metaDivision().moduleCount()).isPositive();
              assertThat(RecipeYaml.digest(parsed)).isNotEmpty();
            },
            List.of(RecipeException.class));

    assertThat(read).isPositive();
  }

  @Test
  void studies() {
    byte[] sound =
        """
        title: Depth
        methods: [e2e, deep-incubation]
        rows:
          - {method: e2e, label: shallow, model.depth: 4}
        vary: {model.depth: [4, 8]}
        seeds: 2
        budget: as-is
        pairs: all
        """
            .getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("study.yaml");

    int read =
        fuzz(
            sound,
            bytes -> {
              Files.write(file, bytes);
              assertThat(Studies.named(file.toString()).title()).isNotNull();
            },
            List.of(UsageException.class, RecipeException.class));

    assertThat(read).isPositive();
  }

  @Test
  void indexesOfSets() throws IOException {
    new PreparedSetWriter(new LocalStorage(folder)).write(new SyntheticShapes(1, 8, 24, 12), 1, 16);
    byte[] sound = Files.readAllBytes(folder.resolve(DataIndex.FILE));

    int read =
        fuzz(
            sound,
            bytes -> PreparedSet.open(new FilesInMemory(Map.of(DataIndex.FILE, bytes))),
            List.of(UnfitDataException.class));

    assertThat(read).as("some damage touches no more than spaces").isPositive();
  }

  /**
   * Reads damaged inputs.
   *
   * @param documented exceptions
   * @return how many were read all the same
   */
  private static int fuzz(
      byte[] sound, Reader reader, List<Class<? extends Exception>> documented) {
    int read = 0;
    for (int input = 0; input < INPUTS; input++) {
      byte[] bytes = Mutations.of(sound, RandomStream.of(SEED, input));
      long before = allocated();
      try {
        reader.read(bytes);
        read++;
      } catch (Throwable e) { // StackOverflowError and OutOfMemoryError are findings, too
        if (documented.stream().noneMatch(type -> type.isInstance(e))) {
          fail("Input " + input + " of seed " + SEED + ":\n" + start(bytes), e);
        }
        assertThat(e.getMessage()).as("input %d of seed %d", input, SEED).isNotBlank();
      }
      assertThat(allocated() - before)
          .as("bytes for input %d of seed %d", input, SEED)
          .isLessThan(MOST_BYTES);
    }
    return read;
  }

  private static long allocated() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  private static String start(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.substring(0, Math.min(2000, text.length()));
  }

  private static byte[] safetensors(Architecture architecture) {
    var tensors = new HashMap<String, Weights.Tensor>();
    architecture
        .initialWeights(DIVISION, 1, "fuzz")
        .forEach(module -> tensors.putAll(module.tensors()));
    var bytes = new ByteArrayOutputStream();
    try {
      Safetensors.write(new Weights(tensors), bytes);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }
}
