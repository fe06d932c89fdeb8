package io.deepincubation.core.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.TruncatedNormalInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.script.TorchEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The engine against other ways to use the same libtorch, for an idle machine of two cores: plain
 * DJL blocks, and two modules one after the other instead of side by side. {@code
 * docs/performance.md} tells the command.
 */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class EngineBenchmark {

  private static final int ROUNDS = 3;
  private static final int STEPS = 5;
  private static final int CLASSES = 100;
  private static final int BATCH = 64;

  private final Recipe recipe = deitTiny12(BATCH);

  /** DeiT-T-12 for CIFAR-100. */
  static Recipe deitTiny12(int batch) {
    return Recipes.resolve(
        "deit-tiny-32-cifar100",
        List.of(
            "model.depth=12",
            "batch.size=" + batch,
            "batch.accumulation=1",
            "augmentation.repeats=1"));
  }

  /** A layer of the vision transformer, each operation a call of its own. */
  private static final class PlainLayer extends AbstractBlock {

    private final int width;
    private final int heads;
    private final Block norm = addChildBlock("norm1", LayerNorm.builder().build());
    private final Block qkv;
    private final Block projection;
    private final Block mlpNorm = addChildBlock("norm2", LayerNorm.builder().build());
    private final Block up;
    private final Block down;

    PlainLayer(int width, int heads) {
      this.width = width;
      this.heads = heads;
      qkv = addChildBlock("qkv", Linear.builder().setUnits(3L * width).build());
      projection = addChildBlock("proj", Linear.builder().setUnits(width).build());
      up = addChildBlock("fc1", Linear.builder().setUnits(4L * width).build());
      down = addChildBlock("fc2", Linear.builder().setUnits(width).build());
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
      NDArray x = inputs.head(); // (B, N, D)
      long n = x.getShape().get(1);
      NDArray h = norm.forward(store, new NDList(x), training).head();
      NDArray parts =
          qkv.forward(store, new NDList(h), training)
              .head()
              .reshape(-1, n, 3, heads, width / heads)
              .transpose(2, 0, 3, 1, 4); // (3, B, heads, N, D / heads)
      NDArray scores = parts.get(0).matMul(parts.get(1).swapAxes(2, 3));
      NDArray weights = scores.mul(1 / Math.sqrt((double) width / heads)).softmax(-1);
      NDArray mixed = weights.matMul(parts.get(2)).transpose(0, 2, 1, 3).reshape(-1, n, width);
      x = x.add(projection.forward(store, new NDList(mixed), training).head());
      h = mlpNorm.forward(store, new NDList(x), training).head();
      h = Activation.gelu(up.forward(store, new NDList(h), training).head());
      return new NDList(x.add(down.forward(store, new NDList(h), training).head()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
      return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
      norm.initialize(manager, type, inputs);
      qkv.initialize(manager, type, inputs);
      projection.initialize(manager, type, inputs);
      mlpNorm.initialize(manager, type, inputs);
      up.initialize(manager, type, inputs);
      down.initialize(manager, type, inputs[0].slice(0, 2).add(4L * width));
    }
  }

  /** Class token, position embedding and patches. */
  private static final class PlainEmbedding extends AbstractBlock {

    private static final int PATCH = 4;
    private static final int SIDE = 8;

    private final Parameter token;
    private final Parameter positions;
    private final Block patches;

    PlainEmbedding(int width) {
      token = addParameter(parameter("token", new Shape(1, 1, width)));
      positions = addParameter(parameter("positions", new Shape(1, SIDE * SIDE + 1, width)));
      patches = addChildBlock("patches", Linear.builder().setUnits(width).build());
    }

    private static Parameter parameter(String name, Shape shape) {
      return Parameter.builder()
          .setName(name)
          .setType(Parameter.Type.WEIGHT)
          .optShape(shape)
          .build();
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
      NDArray images = inputs.head();
      long count = images.getShape().get(0);
      NDArray rows =
          images
              .reshape(count, 3, SIDE, PATCH, SIDE, PATCH)
              .transpose(0, 2, 4, 1, 3, 5)
              .reshape(count, SIDE * SIDE, 3 * PATCH * PATCH);
      NDArray tokens = patches.forward(store, new NDList(rows), training).head();
      NDArray start = store.getValue(token, images.getDevice(), training);
      NDArray all = start.repeat(0, count).concat(tokens, 1);
      return new NDList(all.add(store.getValue(positions, images.getDevice(), training)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
      return new Shape[] {new Shape(inputs[0].get(0), SIDE * SIDE + 1L, token.getShape().get(2))};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
      patches.initialize(
          manager, type, new Shape(inputs[0].get(0), SIDE * SIDE, 3L * PATCH * PATCH));
    }
  }

  private Block plain() {
    int width = recipe.model().width();
    var network = new SequentialBlock().add(new PlainEmbedding(width));
    for (int i = 0; i < recipe.model().depth(); i++) {
      network.add(new PlainLayer(width, recipe.model().heads()));
    }
    return network
        .add(LayerNorm.builder().build())
        .add(tokens -> new NDList(tokens.head().get(":,0")))
        .add(Linear.builder().setUnits(CLASSES).build());
  }

  /** Images a second of plain blocks, with DJL's trainer and AdamW. */
  private double plainImagesPerSecond(int threads) {
    TorchEngine.useThreads(threads);
    try (Model model = Model.newInstance("plain", Device.cpu())) {
      model.setBlock(plain());
      var config =
          new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
              .optOptimizer(Optimizer.adamW().optLearningRateTracker(Tracker.fixed(1e-5f)).build())
              .optInitializer(new TruncatedNormalInitializer(0.02f), Parameter.Type.WEIGHT)
              .optDevices(new Device[] {Device.cpu()});
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(new Shape(BATCH, 3, 32, 32));
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < STEPS + 2; i++) {
          long start = System.nanoTime();
          step(trainer);
          seconds.add((System.nanoTime() - start) / 1e9);
        }
        return BATCH / median(seconds.subList(2, seconds.size()));
      }
    }
  }

  private static void step(Trainer trainer) {
    try (NDManager step = trainer.getManager().newSubManager();
        GradientCollector collector = trainer.newGradientCollector()) {
      NDArray images = step.randomNormal(new Shape(BATCH, 3, 32, 32));
      NDArray labels = step.zeros(new Shape(BATCH));
      NDList output = trainer.forward(new NDList(images));
      output.attach(step);
      NDArray loss = trainer.getLoss().evaluate(new NDList(labels), output);
      loss.attach(step);
      collector.backward(loss);
    }
    trainer.step();
  }

  @Test
  void printsTheRatioToPlainBlocks() {
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 2);
    var ratios = new ArrayList<Double>();
    for (int round = 0; round < ROUNDS; round++) {
      double ours = speed(TrainingBenchmark.END_TO_END, compute);
      double plain = plainImagesPerSecond(/* threads= */ 2);
      ratios.add(ours / plain);
      print("DeiT-T-12, fp32, two threads: ours %.1f images/s, plain DJL blocks %.1f", ours, plain);
    }
    print("ours : plain DJL blocks = %.2f", median(ratios));
  }

  @Test
  void printsTheRatioOfSideBySide() throws Exception {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      var ratios = new ArrayList<Double>();
      for (int round = 0; round < ROUNDS; round++) {
        double after = hybrids(new Compute(Device.cpu(), arithmetic, /* threads= */ 2), 1);
        double beside = hybrids(new Compute(Device.cpu(), arithmetic, /* threads= */ 1), 2);
        ratios.add(beside / after);
        print(
            "%s: side by side %.1f images/s, one after the other %.1f", arithmetic, beside, after);
      }
      print("%s: side by side : one after the other = %.2f", arithmetic, median(ratios));
    }
  }

  /**
   * Images a second of all modules at once: of some trainings at the same time, each on its own.
   */
  private double hybrids(Compute compute, int atOnce) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      var running = new ArrayList<Future<Double>>();
      for (int i = 0; i < atOnce; i++) {
        String hybrid = TrainingBenchmark.hybrid(i);
        running.add(threads.submit(() -> speed(hybrid, compute)));
      }
      double sum = 0;
      for (Future<Double> training : running) {
        sum += training.get();
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }

  private double speed(String network, Compute compute) {
    return new TrainingBenchmark(recipe, CLASSES, /* warmUpSeconds= */ 3, STEPS)
        .run(compute, network::equals)
        .get(0)
        .imagesPerSecond();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
