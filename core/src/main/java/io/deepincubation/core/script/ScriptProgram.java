package io.deepincubation.core.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A TorchScript program loaded into libtorch: the methods of one class without attributes.
 *
 * <p>An argument of type {@code Tensor} is one array without a name; an argument of type {@code
 * List[Tensor]} is a run of arrays that share a name ending in {@code []}, see {@link #listOf}.
 * Whether autograd records is the calling thread's mode ({@link GradientMode}). Threads may call a
 * program at once.
 */
public final class ScriptProgram implements AutoCloseable {

  private static final String METHOD_PREFIX = "module_method:";

  private final PtSymbolBlock block;

  private ScriptProgram(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Compiles a program.
   *
   * @param manager where the program lives: its device, and it is freed with it
   * @param methods TorchScript source of the methods, not indented
   * @throws ai.djl.engine.EngineException if libtorch refuses the program; the message quotes the
   *     line
   */
  public static ScriptProgram load(NDManager manager, String methods) {
    TorchEngine.prepareThread();
    try {
      var archive = new ByteArrayInputStream(ScriptArchive.of(methods));
      return new ScriptProgram(
          JniUtils.loadModule((PtNDManager) manager, archive, /* mapLocation= */ true, false));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a TorchScript archive from memory", e);
    }
  }

  /**
   * Calls a method.
   *
   * @param manager owns the results
   * @param method the name of the method
   * @param arguments in the order of the method's parameters; at least one
   * @return the tensors that the method returns
   */
  public NDList call(NDManager manager, String method, NDList arguments) {
    try (NDManager host = TorchEngine.hostManager(manager)) {
      NDArray selector = host.create(new Shape(0));
      selector.setName(METHOD_PREFIX + method);
      var inputs = new NDList(arguments.size() + 1);
      // First, as results begin in the manager of the first array: others may share an argument's.
      inputs.add(selector);
      inputs.addAll(arguments);
      NDList results =
          TorchEngine.calls().call(() -> IValueUtils.forward(block, inputs, /* isTrain= */ true));
      results.attach(manager);
      return results;
    }
  }

  /**
   * Marks arrays as the elements of one {@code List[Tensor]} argument.
   *
   * @param name any identifier; arrays given the same one in one call form one list
   * @return the same arrays
   */
  public static NDList listOf(String name, NDList arrays) {
    arrays.forEach(array -> array.setName(name + "[]"));
    return arrays;
  }

  @Override
  public void close() {
    block.close();
  }
}
