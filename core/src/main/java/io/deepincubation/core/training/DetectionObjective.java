package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.SceneAugmentation;
import io.deepincubation.core.detection.LearningRules;
import io.deepincubation.core.detection.LearningRules.Answers;
import io.deepincubation.core.detection.ProposalRules;
import io.deepincubation.core.detection.PyramidAnchors;
import io.deepincubation.core.network.DetectionHeads;
import io.deepincubation.core.network.DetectionTargets;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Regions;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.script.GradientMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The five losses of Mask R-CNN (He et al., 2017), over the parameters of some of a network's
 * modules. A pass is made of two calls: the modules' outputs, of which the host makes proposals and
 * what they should have been, then the losses and their gradients.
 *
 * <p>Losses are averages over what is sampled of the images that are computed at once, and count by
 * these images in a step. Whole images of sizes of their own are computed one at a time, each
 * padded to the right and below to a multiple of 32 pixels. The draws of an image are its own,
 * whatever it is computed with.
 */
public final class DetectionObjective extends OutputObjective {

  private final Detection task;
  private final DetectionHeads heads;

  /**
   * Makes the parameters of some modules trainable, each at a rate of its own.
   *
   * @param network the network, of the task's architecture
   * @param task what is learnt
   * @param trainedModules indices of the modules that are trained; the others stay as they are
   * @param rates what multiplies the learning rate of each of their parameters; 0 for one that
   *     stays as it is
   * @param stochasticDepth how branches are dropped, in all modules
   */
  public DetectionObjective(
      ModularNetwork network,
      Detection task,
      Set<Integer> trainedModules,
      ToDoubleFunction<ParameterSpec> rates,
      StochasticDepth stochasticDepth) {
    super(network, task, trainedModules, rates, stochasticDepth);
    this.task = task;
    heads = network.detectionHeads();
  }

  @Override
  public void gather(StepPart part, StepKey step, GradientSums sums, double share) {
    if (!task.whole()) {
      gather(part.images(), part.objects(), step, sums, share);
      return;
    }
    int images = part.objects().size();
    for (int i = 0; i < images; i++) {
      SceneObjects scene = part.objects().get(i);
      try (NDManager pass = part.images().getManager().newSubManager()) {
        NDArray image = padded(part.images(), i, scene);
        image.attach(pass);
        StepKey own = step.from(step.firstImage() + i);
        gather(image, List.of(scene), own, sums, share / images);
      }
    }
  }

  /** An image without what pads it beyond a multiple of 32. */
  private static NDArray padded(NDArray images, int index, SceneObjects scene) {
    return images.get(
        new NDIndex(
            "{}:{}, :, 0:{}, 0:{}",
            index,
            index + 1,
            SceneAugmentation.padded(scene.height()),
            SceneAugmentation.padded(scene.width())));
  }

  private void gather(
      NDArray images, List<SceneObjects> objects, StepKey step, GradientSums sums, double share) {
    try (GradientMode mode = GradientMode.recording()) {
      var outputs =
          new DetectionHeads.Outputs(
              modules().forward(images, step),
              (int) images.getShape().get(2),
              (int) images.getShape().get(3));
      List<NetworkModule> all = network().modules();
      NDList parameters = all.get(all.size() - 1).parameters();
      DetectionTargets targets = targets(outputs, objects, step);
      sums.addGradientsOf(heads.losses(outputs, parameters, targets).total(), share);
    }
  }

  /**
   * What the network should have said.
   *
   * @param outputs of its modules
   * @param scenes what is annotated on the images
   * @param step what the draws are for
   */
  DetectionTargets targets(
      DetectionHeads.Outputs outputs, List<SceneObjects> scenes, StepKey step) {
    DetectionHeads.Proposals said = heads.proposals(outputs);
    var anchors =
        PyramidAnchors.of(task.network(), heads.levels(outputs), task.rules().anchorSize());
    LearningRules learning = task.learning();
    int[] places = step.places(scenes.size());
    var answers = new ArrayList<Answers>();
    for (int i = 0; i < places.length; i++) {
      SceneObjects scene = scenes.get(i);
      ProposalRules.Proposals proposals =
          learning
              .proposals()
              .proposals(
                  anchors.levels(said.logits(), said.deltas(), i), scene.height(), scene.width());
      answers.add(
          learning.answers(
              anchors,
              proposals.boxes(),
              scene,
              task.network().classes(),
              step.random("anchors", places[i]),
              step.random("regions", places[i])));
    }
    return joined(answers);
  }

  /** The answers of all images, one after the other. */
  private DetectionTargets joined(List<Answers> answers) {
    float[] boxes = floats(answers, Answers::regions);
    var images = new ArrayList<Integer>();
    var masked = new ArrayList<Integer>();
    for (int i = 0; i < answers.size(); i++) {
      int first = images.size();
      Arrays.stream(answers.get(i).masked()).forEach(place -> masked.add(first + place));
      for (int region = 0; region < answers.get(i).classes().length; region++) {
        images.add(i);
      }
    }
    return new DetectionTargets(
        floats(answers, Answers::labels),
        floats(answers, Answers::deltas),
        new Regions(ints(images), task.rules().regions().of(boxes), boxes),
        answers.stream().flatMapToInt(each -> Arrays.stream(each.classes())).toArray(),
        floats(answers, Answers::moves),
        ints(masked),
        floats(answers, Answers::masks));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float[] floats(List<Answers> answers, Function<Answers, float[]> values) {
    int count = answers.stream().mapToInt(each -> values.apply(each).length).sum();
    var all = new float[count];
    int at = 0;
    for (Answers each : answers) {
      float[] own = values.apply(each);
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }
}
