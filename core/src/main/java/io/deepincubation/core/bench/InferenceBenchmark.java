package io.deepincubation.core.bench;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.inference.Classifier;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.thread.Daemons;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Times how a recipe's target model classifies random images that are decoded, as a machine's Spark
 * tasks of one processor each do: all at once, on one model.
 */
public final class InferenceBenchmark {

  /**
   * A model's speed.
   *
   * @param arithmetic of its products
   * @param batch images that are computed at once
   * @param cores that computed side by side
   * @param imagesPerSecondOfCore of one of them, while the others compute too
   */
  public record Speed(Arithmetic arithmetic, int batch, int cores, double imagesPerSecondOfCore) {}

  private final Recipe recipe;
  private final Architecture architecture;
  private final double warmUpSeconds;
  private final int batches;

  /**
   * Prepares the benchmark.
   *
   * @param recipe the model and the batch
   * @param classes of the random images
   * @param warmUpSeconds before batches count
   * @param batches timed batches of each core, at least 1
   */
  public InferenceBenchmark(Recipe recipe, int classes, double warmUpSeconds, int batches) {
    this.recipe = recipe;
    this.warmUpSeconds = warmUpSeconds;
    this.batches = batches;
    architecture = Architectures.of(recipe, classes);
  }

  /**
   * Classifies on as many processors as the width says, or on a GPU from one of them.
   *
   * @param compute where; its threads are the cores
   */
  public Speed run(Compute compute) {
    ModularDivision division = recipe.targetDivision();
    List<Weights> weights = architecture.initialWeights(division, recipe.seed(), "benchmark");
    var ofCore = new Compute(compute.device(), compute.arithmetic(), /* threads= */ 1);
    int cores = compute.device().isGpu() ? 1 : compute.threads();
    int batch = recipe.batch().size();
    List<float[]> images = randomImages(batch);
    ExecutorService threads = Executors.newFixedThreadPool(cores, Daemons.named("classifiers"));
    try (var classifier = new Classifier(architecture, division, weights, ofCore)) {
      Callable<Double> core = () -> secondsOfBatch(classifier, images);
      double perSecond = 0;
      for (Future<Double> seconds : threads.invokeAll(Collections.nCopies(cores, core))) {
        perSecond += batch / seconds.get();
      }
      return new Speed(compute.arithmetic(), batch, cores, perSecond / cores);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot time a model: interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot time a model", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** The median. */
  private double secondsOfBatch(Classifier classifier, List<float[]> images) {
    long begin = System.nanoTime();
    do {
      classifier.probabilities(images);
    } while (System.nanoTime() - begin < warmUpSeconds * 1e9);
    var seconds = new ArrayList<Double>();
    for (int i = 0; i < batches; i++) {
      long start = System.nanoTime();
      classifier.probabilities(images);
      seconds.add((System.nanoTime() - start) / 1e9);
    }
    return seconds.stream().sorted().skip(batches / 2).findFirst().orElseThrow();
  }

  private List<float[]> randomImages(int count) {
    var random = RandomStream.of(recipe.seed());
    int values = Math.toIntExact(architecture.inputShape().size());
    var images = new ArrayList<float[]>();
    for (int i = 0; i < count; i++) {
      var image = new float[values];
      for (int j = 0; j < values; j++) {
        image[j] = (float) random.nextGaussian();
      }
      images.add(image);
    }
    return images;
  }
}
