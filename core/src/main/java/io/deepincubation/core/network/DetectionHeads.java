package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The second call of a step of a {@link DetectionNetwork}: losses, boxes and masks from what the
 * modules gave of images. Threads may use it at once.
 *
 * <p>Regions are read off the maps by RoIAlign, aligned: the mean of a bin's points, of which those
 * more than one place outside of a map count 0.
 */
public final class DetectionHeads {

  private final DetectionNetwork network;
  private final ScriptProgram program;
  private final Map<Grid, List<Grid>> levels = new ConcurrentHashMap<>();

  /**
   * What the network's modules gave.
   *
   * @param values B x values
   * @param height of the images in pixels
   * @param width of the images in pixels
   */
  public record Outputs(NDArray values, int height, int width) {}

  /**
   * What the anchors say, image by image, in the order of levels, rows, columns and ratios.
   *
   * @param logits B x A, of being an object
   * @param deltas B x A x 4, to the object's box
   */
  public record Proposals(float[] logits, float[] deltas) {}

  /**
   * The losses of images.
   *
   * @param total their sum, a scalar with its graph where autograd records
   * @param each of anchors' objects and boxes, of regions' classes and boxes, of masks
   */
  public record Losses(NDArray total, NDArray each) {}

  /**
   * What the box head says of regions.
   *
   * @param logits R x (K + 1), of the classes and of none
   * @param deltas R x 4K, to the box of each class, weighted by the coding
   */
  public record Boxes(float[] logits, float[] deltas) {}

  /**
   * Compiles them.
   *
   * @param network whose heads they are
   * @param manager where they live, until it is closed
   * @param arithmetic of the products
   */
  public DetectionHeads(DetectionNetwork network, NDManager manager, Arithmetic arithmetic) {
    this.network = network;
    program = ScriptProgram.load(manager, DetectionScript.of(network, arithmetic));
  }

  /** What the anchors say, for the host to make proposals of. */
  public Proposals proposals(Outputs outputs) {
    try (NDManager call = outputs.values().getManager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDList found = program.call(call, "proposals", arguments(outputs, call));
      return new Proposals(found.get(0).toFloatArray(), found.get(1).toFloatArray());
    }
  }

  /**
   * The five losses of images, see {@code Mask R-CNN}: cross-entropies in fp32 and absolute
   * differences. Those of anchors are divided by the anchors that are sampled of all images, those
   * of regions by the regions given, that of masks by the pixels of the masks given; each is 0
   * where there is nothing to divide by.
   *
   * @param outputs of the modules, with their graph
   * @param parameters of the last module, all of them
   * @param targets of these images
   * @return in the manager of the outputs
   */
  public Losses losses(Outputs outputs, NDList parameters, DetectionTargets targets) {
    NDManager manager = outputs.values().getManager();
    int images = Math.toIntExact(outputs.values().getShape().get(0));
    int anchors = targets.labels().length / images;
    int[] masked = targets.masked();
    int side = DetectionHead.MASK_SIDE;
    Regions withMasks = targets.regions().at(masked);
    try (NDManager call = manager.newSubManager()) {
      NDList arguments = arguments(outputs, call);
      arguments.add(array(call, new Shape(images, anchors), targets.labels()));
      arguments.add(array(call, new Shape(images, anchors, 4), targets.deltas()));
      arguments.add(places(call, outputs, targets.regions(), DetectionHead.BOX_SIDE));
      arguments.add(rows(call, targets.classValues()));
      arguments.add(array(call, new Shape(targets.regions().count(), 4), targets.moves()));
      arguments.add(places(call, outputs, withMasks, DetectionHead.MASK_BINS));
      arguments.add(rows(call, targets.classValues(masked)));
      arguments.add(array(call, new Shape(masked.length, side, side), targets.masks()));
      arguments.addAll(listOf(parameters));
      NDList losses = program.call(manager, "losses", arguments);
      return new Losses(losses.get(0), losses.get(1));
    }
  }

  /**
   * What the box head says of regions.
   *
   * @param outputs of the modules
   * @param parameters of the last module, all of them
   * @param regions of any of the images
   */
  public Boxes boxes(Outputs outputs, NDList parameters, Regions regions) {
    try (NDManager call = outputs.values().getManager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDList arguments = arguments(outputs, call);
      arguments.add(places(call, outputs, regions, DetectionHead.BOX_SIDE));
      arguments.addAll(listOf(parameters));
      NDList found = program.call(call, "boxes", arguments);
      return new Boxes(found.get(0).toFloatArray(), found.get(1).toFloatArray());
    }
  }

  /**
   * The masks of detected boxes.
   *
   * @param outputs of the modules
   * @param parameters of the last module, all of them
   * @param regions the boxes
   * @param classes of each, below K
   * @return R x 28 x 28 logits of each one's class
   */
  public float[] masks(Outputs outputs, NDList parameters, Regions regions, int[] classes) {
    try (NDManager call = outputs.values().getManager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDList arguments = arguments(outputs, call);
      arguments.add(places(call, outputs, regions, DetectionHead.MASK_BINS));
      arguments.add(rows(call, DetectionTargets.values(classes)));
      arguments.addAll(listOf(parameters));
      return program.call(call, "masks", arguments).head().toFloatArray();
    }
  }

  /** The maps of images of a size, found once a size: they follow from the whole pyramid. */
  public List<Grid> levels(Outputs outputs) {
    return levels.computeIfAbsent(
        new Grid(outputs.height(), outputs.width()),
        size -> network.levels(size.height(), size.width()));
  }

  /** By the name that modules give them in their forward pass: threads share them. */
  private static NDList listOf(NDList parameters) {
    return ScriptProgram.listOf("parameters", parameters);
  }

  /** The values and, as shapes of nothing, the sizes of the levels. */
  private NDList arguments(Outputs outputs, NDManager call) {
    NDManager host = TorchEngine.hostManager(call);
    var sizes = new NDList();
    for (Grid level : levels(outputs)) {
      sizes.add(host.create(new Shape(0, level.height(), level.width())));
    }
    var arguments = new NDList(outputs.values());
    arguments.addAll(ScriptProgram.listOf("sizes", sizes));
    return arguments;
  }

  private NDArray places(NDManager call, Outputs outputs, Regions regions, int side) {
    List<Grid> maps = levels(outputs);
    List<Integer> strides = IntStream.range(0, maps.size()).mapToObj(network::stride).toList();
    float[] places = regions.places(maps, strides, side);
    return array(call, new Shape(regions.count(), Regions.VALUES), places);
  }

  private static NDArray rows(NDManager call, float[] values) {
    return array(call, new Shape(values.length), values);
  }

  private static NDArray array(NDManager call, Shape shape, float[] values) {
    return HostArrays.array(call, shape, FloatBuffer.wrap(values));
  }
}
